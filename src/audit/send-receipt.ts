import type { Response } from 'express';

/** A receipt as a file, named after what it proves. @param id a UUID. */
export function sendReceipt(response: Response, id: string, receipt: string): void {
  response
    .set('Content-Type', 'text/plain; charset=utf-8')
    .set('Content-Disposition', `attachment; filename="${id}.tlog-proof"`)
    .send(receipt);
}
