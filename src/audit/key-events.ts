import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import type { KeyEvent, KeyRecorder } from '../platform/signing/key-recorder.js';
import { AuditService } from './audit.service.js';

/** The events of the broker's own keys. A key is named by its public thumbprint. */
@Injectable()
export class KeyEvents implements KeyRecorder {
  constructor(private readonly audit: AuditService) {}

  async record(
    tx: Tx,
    event: KeyEvent,
    { kid, purpose }: { kid: string; purpose: string },
  ): Promise<void> {
    await this.audit.record(tx, event, {
      actorKind: 'broker',
      targetType: 'signing_key',
      targetId: kid,
      purpose,
    });
  }
}
