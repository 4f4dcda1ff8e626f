import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Database } from '../../platform/database/database.js';
import { Viewers } from '../viewers.service.js';
import { corrected, spelledWords, unfinished } from './suggestions.rules.js';
import { SuggestionsRepository } from './suggestions.repository.js';

const MAX_SUGGESTIONS = 5;

/** What to look for instead. Each finds something that the caller may see, so none tells of what they may not. */
@Injectable()
export class SearchSuggestions {
  constructor(
    private readonly database: Database,
    private readonly viewers: Viewers,
    private readonly words: SuggestionsRepository,
  ) {}

  /** For a text that is still typed: its last word completed, or else its spelling corrected. */
  async forBeginning(principal: Principal | undefined, text: string): Promise<readonly string[]> {
    const { manager } = this.database;
    const last = unfinished(text);
    const words = last ? await this.words.completions(manager, last.beginning) : [];
    const completed = words.map((word) => `${last?.head ?? ''}${word}`);
    const found = await this.found(principal, completed);
    return found.length > 0
      ? found.slice(0, MAX_SUGGESTIONS)
      : (await this.forNothing(principal, text)).suggestions;
  }

  /** For a text that finds nothing: itself, where only filters hide what it finds, and what it may have been meant for. */
  async forNothing(
    principal: Principal | undefined,
    text: string,
  ): Promise<{ readonly isFoundWithoutFilters: boolean; readonly suggestions: readonly string[] }> {
    const near = await this.words.near(this.database.manager, spelledWords(text));
    const found = await this.found(principal, [text, ...corrected(text, near)]);
    return {
      isFoundWithoutFilters: found[0] === text,
      suggestions: found.filter((one) => one !== text).slice(0, MAX_SUGGESTIONS),
    };
  }

  private found(
    principal: Principal | undefined,
    texts: readonly string[],
  ): Promise<readonly string[]> {
    return this.words.found(this.database.manager, texts, this.viewers.of(principal));
  }
}
