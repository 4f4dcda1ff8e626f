import type { Clock } from '../../src/kernel/clock.js';

/** A clock that the test moves. */
export class HandClock implements Clock {
  constructor(private at: Date) {}

  now(): Date {
    return new Date(this.at);
  }

  set(at: string): void {
    this.at = new Date(at);
  }

  /** Moves on, or back. */
  add(milliseconds: number): void {
    this.at = new Date(this.at.getTime() + milliseconds);
  }
}
