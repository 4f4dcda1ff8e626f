export type Environment = Readonly<Record<string, string | undefined>>;

/** Says every setting that is missing or wrong at once, so that a boot fails once, not once per variable. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`Configuration: ${faults.join('; ')}`);
    this.name = 'ConfigurationError';
  }
}

/** Reads variables and gathers their faults; never repeats a value in a fault, for it may be a secret. */
export class EnvironmentReader {
  private readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  fault(name: string, reason: string): void {
    this.faults.push(`${name} ${reason}`);
  }

  throwIfFaulty(): void {
    if (this.faults.length > 0) {
      throw new ConfigurationError(this.faults);
    }
  }

  optional(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) {
      this.fault(name, 'is missing');
    }
    return value ?? '';
  }

  list(name: string): readonly string[] {
    const items = (this.optional(name) ?? '').split(',').map((item) => item.trim());
    return Object.freeze(items.filter((item) => item !== ''));
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.optional(name);
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      this.fault(name, `must be a whole number from ${String(least)} to ${String(most)}`);
    }
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.optional(name) ?? fallback;
    const value = values.find((candidate) => candidate === text);
    if (value === undefined) {
      this.fault(name, `must be one of ${values.join(', ')}`);
    }
    return value ?? fallback;
  }

  url(name: string, protocols: readonly string[]): string {
    const text = this.required(name);
    if (text !== '' && !(URL.canParse(text) && protocols.includes(new URL(text).protocol))) {
      this.fault(name, `must be a URL that starts with ${protocols.join(' or ')}`);
    }
    return text;
  }
}
