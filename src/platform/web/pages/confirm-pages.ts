import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ReasonDto } from '../fields.js';
import { FORM, type Block, type Field, type FormModel, type PageLink } from './blocks.js';
import { textOf } from './form-fields.js';
import type { FormLabels } from './form-failure.js';
import { validInput, type FormFields } from './form-input.js';
import { PageForms, type Done } from './page-forms.js';

/** An act that is asked about before it is done. */
export interface Confirmation {
  readonly title: string;
  /** The path of its page, which is also where it is sent to. */
  readonly path: string;
  readonly trail: readonly PageLink[];
  readonly button: string;
  /** What it means, and what falls with it. */
  readonly blocks: readonly Block[];
  readonly needsReason?: boolean;
  readonly isWarning?: boolean;
  /** Something that may be ticked besides; sent as `yes`. */
  readonly option?: { readonly name: string; readonly label: string; readonly text: string };
}

const LABELS = { reason: 'Reason' };

/** The page between a button and what cannot be taken back. */
@Injectable()
export class ConfirmPages {
  constructor(private readonly forms: PageForms) {}

  async show(response: Response, confirmation: Confirmation): Promise<void> {
    const model = () => modelOf(confirmation);
    const labels = labelsOf(confirmation);
    await this.forms.show(response, { template: FORM, labels, typed: {}, model });
  }

  /** @param act gets the reason that was typed, empty when none is needed, and whether the option was ticked. */
  async answer(
    request: Request,
    response: Response,
    confirmation: Confirmation,
    act: (reason: string, isTicked: boolean) => Promise<Done>,
  ): Promise<void> {
    const typed = request.body as FormFields;
    await this.forms.answer(request, response, {
      template: FORM,
      labels: labelsOf(confirmation),
      path: confirmation.path,
      typed,
      model: () => modelOf(confirmation),
      act: async () => {
        const reason = confirmation.needsReason ? await reasonOf(typed) : '';
        return act(reason, textOf(typed, confirmation.option?.name ?? '') === 'yes');
      },
    });
  }
}

async function reasonOf(typed: FormFields): Promise<string> {
  const { reason } = await validInput(ReasonDto, { reason: textOf(typed, 'reason') ?? '' });
  return reason;
}

function labelsOf({ option }: Confirmation): FormLabels {
  return { ...LABELS, ...(option && { [option.name]: option.label }) };
}

function modelOf({ needsReason = false, path, option, ...confirmation }: Confirmation): FormModel {
  const reason: Field = { type: 'area', name: 'reason', hint: 'It stands in the record.' };
  const fields: readonly Field[] = [
    ...(option
      ? [
          {
            type: 'checkbox',
            name: option.name,
            items: [{ value: 'yes', text: option.text }],
          } as const,
        ]
      : []),
    ...(needsReason ? [reason] : []),
  ];
  return { ...confirmation, action: path, fields };
}
