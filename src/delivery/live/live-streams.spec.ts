import { randomUUID } from 'node:crypto';
import { ConcordatError } from '../../kernel/errors.js';
import { STREAM_LIMITS } from '../stream/stream-limits.js';
import { LiveStreams, type LiveStream } from './live-streams.js';

const PER_GRANT = 3;
const PER_PERSON = 5;

describe('the open streams of a node', () => {
  const limits = { ...STREAM_LIMITS, streamsPerGrant: PER_GRANT, streamsPerPerson: PER_PERSON };
  const streams = (): LiveStreams => new LiveStreams({ next: () => randomUUID() }, limits);
  const aGrant = (id: string, personId: string) => ({
    id,
    personId,
    epoch: 1,
    expiresAt: new Date('2026-11-24T13:00:00Z'),
  });
  const openMany = (live: LiveStreams, id: string, personId: string, count: number): LiveStream[] =>
    Array.from({ length: count }, () => live.open(aGrant(id, personId), null));
  const refusal = (act: () => unknown): unknown => {
    try {
      act();
      return undefined;
    } catch (error) {
      return error instanceof ConcordatError ? error.code : error;
    }
  };

  it('are so many of one grant, and others open theirs', () => {
    const live = streams();
    openMany(live, 'grant', 'person', PER_GRANT);
    expect(refusal(() => live.open(aGrant('grant', 'person'), null))).toBe('rate_limited');
    expect(refusal(() => live.open(aGrant('another', 'person'), null))).toBeUndefined();
    expect(refusal(() => live.open(aGrant('foreign', 'somebody'), null))).toBeUndefined();
  });

  it('are so many of one person, whatever the grants', () => {
    const live = streams();
    openMany(live, 'one', 'person', PER_GRANT);
    openMany(live, 'two', 'person', PER_PERSON - PER_GRANT);
    expect(refusal(() => live.open(aGrant('three', 'person'), null))).toBe('rate_limited');
    expect(refusal(() => live.open(aGrant('foreign', 'somebody'), null))).toBeUndefined();
  });

  it.each<[string, (live: LiveStreams, stream: LiveStream) => void]>([
    [
      'is closed',
      (live, stream) => {
        live.close(stream);
      },
    ],
    [
      'has sent its last byte',
      (_, stream) => {
        stream.isUnderWay = false;
      },
    ],
  ])('make room when one %s', (_, end) => {
    const live = streams();
    const [first] = openMany(live, 'grant', 'person', PER_GRANT);
    end(live, first as LiveStream);
    expect(refusal(() => live.open(aGrant('grant', 'person'), null))).toBeUndefined();
    expect(refusal(() => live.open(aGrant('grant', 'person'), null))).toBe('rate_limited');
  });
});
