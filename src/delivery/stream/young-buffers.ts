import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_BYTES = 16 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor'; readonly execution: 'sync' }) => void;

/*
 * Each read of a socket allocates 64 KiB outside V8's heap, beside almost nothing inside it. So no collection of the young
 * comes by itself, and V8 meets the memory outside with one full collection of the whole heap after the other, step by
 * step at each allocation: measured, that took nine tenths of the processor's time of a fast transfer, and made it a third
 * slower. Two things mend it. Memory outside counts against the limit of the whole heap, and not against one of its own;
 * and after so many bytes the young alone are collected, half a millisecond each time, which sets the buffers free.
 */
setFlagsFromString('--external-memory-accounted-in-global-limit');
// Node has no other door to a collection of the young alone.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as Collect;
setFlagsFromString('--no-expose-gc');

let passed = 0;

/** Tells that so many bytes of short-lived buffers have gone by. */
export function passBuffers(bytes: number): void {
  passed += bytes;
  if (passed >= EVERY_BYTES) {
    passed = 0;
    collect({ type: 'minor', execution: 'sync' });
  }
}
