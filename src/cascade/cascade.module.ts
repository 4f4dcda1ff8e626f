import { Module } from '@nestjs/common';
import { Cascade } from './cascade.service.js';

@Module({ providers: [Cascade], exports: [Cascade] })
export class CascadeModule {}
