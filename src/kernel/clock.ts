/** The only source of the present. Injected by this token; tests move it by command. */
export interface Clock {
  now(): Date;
}
export const Clock = Symbol('Clock');

export const systemClock: Clock = { now: () => new Date() };
