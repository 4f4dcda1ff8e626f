import { Global, Module } from '@nestjs/common';
import { KeyRecorder } from '../platform/signing/key-recorder.js';
import { AuditService } from './audit.service.js';
import { KeyEvents } from './key-events.js';

/** Global: every slice that changes anything records it. */
@Global()
@Module({
  providers: [AuditService, { provide: KeyRecorder, useClass: KeyEvents }],
  exports: [AuditService, KeyRecorder],
})
export class AuditModule {}
