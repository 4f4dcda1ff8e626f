import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Access } from '../platform/web/access.js';
import { AccessDeclarations } from '../platform/web/access-declarations.js';
import { KnownOperations } from './known-operations.js';

@Controller('api/v1')
class MisspeltApi {
  @Get('stores')
  @Access('store:read')
  stores(): string {
    return '';
  }

  @Get('datasets')
  @Access('dataset:raed')
  datasets(): string {
    return '';
  }
}

@Module({ controllers: [MisspeltApi], providers: [AccessDeclarations, KnownOperations] })
class MisspeltModule {}

describe('a route that asks for an operation nobody knows', () => {
  it('stops the boot, which names it', async () => {
    const app = await NestFactory.create(MisspeltModule, { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow(
      'Routes with unknown operations: GET /api/v1/datasets (dataset:raed)',
    );
    await app.close();
  });
});
