import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

const DAY = /^(19|2\d)\d{2}-\d{2}-\d{2}$/;

/** A London day of the years 1900 to 2999, as `YYYY-MM-DD`. PostgreSQL knows no year 0. */
export function IsDay(): PropertyDecorator {
  return applyDecorators(Matches(DAY), IsISO8601({ strict: true }));
}
