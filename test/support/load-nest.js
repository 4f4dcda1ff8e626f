// Loaded before each test file. @nestjs/throttler is CommonJS and requires @nestjs/common, an ES module: jest refuses that
// while the latter is still being linked as part of a test's own imports.
import '@nestjs/common';
import '@nestjs/core';
