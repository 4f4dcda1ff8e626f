import { Module } from '@nestjs/common';
import { ThrottlerStorage, ThrottlerStorageService } from '@nestjs/throttler';
import { RateLimits } from './rate-limits.js';

@Module({
  providers: [RateLimits, { provide: ThrottlerStorage, useClass: ThrottlerStorageService }],
  exports: [RateLimits],
})
export class RateLimitsModule {}
