import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type ValidationError,
} from '@nestjs/common';
import { ConcordatError, type FieldError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import { findRawFault } from './raw-input.js';

const MAX_ERRORS = 100;

/** Checks bodies and queries against their DTO class: unknown members, types and bounds, each named by a JSON Pointer. */
export const validationPipe = new (class InputPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isInput = metadata.type === 'body' || metadata.type === 'query';
    // One member alone is judged as the member that it is.
    const input = metadata.data === undefined ? value : { [metadata.data]: value };
    const fault = isInput ? findRawFault(input ?? {}) : undefined;
    if (fault) {
      throw new ConcordatError('input_invalid', { errors: [fault] });
    }
    return (await super.transform(value, metadata)) as unknown;
  }
})({
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors) =>
    new ConcordatError('input_invalid', { errors: flatten(errors, '').slice(0, MAX_ERRORS) }),
});

function flatten(errors: readonly ValidationError[], base: string): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${base}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.values(constraints ?? {}).map((reason) => ({
      pointer,
      reason: reason.startsWith('property ') ? 'is not a known field' : reason,
    }));
    return [...own, ...flatten(children ?? [], pointer)];
  });
}

/** A path parameter that must be an id. Anything else is an id of nothing: 404. */
@Injectable()
export class IdParam implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) {
      throw new ConcordatError('not_found');
    }
    return value;
  }
}
