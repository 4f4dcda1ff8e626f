import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { isOffered, parseTemplate, type AgreementTemplate } from './template.rules.js';

const NAMES = ['research_access', 'emergency_sharing', 'commercial_licence', 'framework'] as const;

/** The dated templates, read and checked when the process starts. */
@Injectable()
export class Templates {
  private readonly all = NAMES.map((name) =>
    parseTemplate(name, readFileSync(new URL(`./templates/${name}.json`, import.meta.url), 'utf8')),
  );

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  /** Those that may be used today. */
  offered(): readonly AgreementTemplate[] {
    const today = londonDay(this.clock.now());
    return this.all.filter((template) => isOffered(template, today));
  }
}
