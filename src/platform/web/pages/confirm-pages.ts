import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ReasonDto } from '../fields.js';
import { FORM, type Block, type FormModel, type PageLink } from './blocks.js';
import { textOf } from './form-fields.js';
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
}

const LABELS = { reason: 'Reason' };

/** The page between a button and what cannot be taken back. */
@Injectable()
export class ConfirmPages {
  constructor(private readonly forms: PageForms) {}

  async show(response: Response, confirmation: Confirmation): Promise<void> {
    const model = () => modelOf(confirmation);
    await this.forms.show(response, { template: FORM, labels: LABELS, typed: {}, model });
  }

  /** @param act gets the reason that was typed; empty when none is needed. */
  async answer(
    request: Request,
    response: Response,
    confirmation: Confirmation,
    act: (reason: string) => Promise<Done>,
  ): Promise<void> {
    const typed = request.body as FormFields;
    await this.forms.answer(request, response, {
      template: FORM,
      labels: LABELS,
      path: confirmation.path,
      typed,
      model: () => modelOf(confirmation),
      act: async () => act(confirmation.needsReason ? await reasonOf(typed) : ''),
    });
  }
}

async function reasonOf(typed: FormFields): Promise<string> {
  const { reason } = await validInput(ReasonDto, { reason: textOf(typed, 'reason') ?? '' });
  return reason;
}

function modelOf({ needsReason = false, path, ...confirmation }: Confirmation): FormModel {
  const reason = { type: 'area', name: 'reason', hint: 'It stands in the record.' } as const;
  return { ...confirmation, action: path, fields: needsReason ? [reason] : [] };
}
