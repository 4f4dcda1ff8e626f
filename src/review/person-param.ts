import { Injectable, type PipeTransform } from '@nestjs/common';
import { ConcordatError } from '../kernel/errors.js';
import { PERSON } from './audit-search.dto.js';

/** A person in a path, by pseudonym or by id. */
@Injectable()
export class PersonParam implements PipeTransform<string, string> {
  /** @throws ConcordatError `not_found` for what names nobody. */
  transform(value: string): string {
    if (!PERSON.test(value)) {
      throw new ConcordatError('not_found');
    }
    return value;
  }
}
