import { Inject, Injectable } from '@nestjs/common';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import type { CutReason, DeliveryGrant, ProgramReading } from '../delivery.types.js';
import { StreamLimits } from '../stream/stream-limits.js';

type StreamedGrant = Pick<DeliveryGrant, 'id' | 'personId' | 'epoch' | 'expiresAt'>;

/** One answer that is under way on this node. Its signal ends the store's answer and the caller's socket. */
export class LiveStream {
  private readonly controller = new AbortController();
  private cutReason: CutReason | undefined;
  /** Bytes handed to the caller's socket so far. */
  bytes = 0;
  /** True until its last byte: what is only being written down holds no connection of the store. */
  isUnderWay = true;

  constructor(
    readonly id: string,
    private readonly grant: StreamedGrant,
    /** The program that reads, if a program does. */
    readonly clientId: string | null,
  ) {}

  get grantId(): string {
    return this.grant.id;
  }

  get personId(): string {
    return this.grant.personId;
  }

  get epoch(): number {
    return this.grant.epoch;
  }

  get expiresAt(): Date {
    return this.grant.expiresAt;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why it was cut: the first reason is the true one, the rest follow from it. */
  get reason(): CutReason | undefined {
    return this.cutReason;
  }

  cut(reason: CutReason): void {
    this.cutReason ??= reason;
    this.controller.abort();
  }
}

/** The streams of this node. A stream is in here before its grant's row is read, so that no revocation misses it. */
@Injectable()
export class LiveStreams {
  /** Names this process in `open_stream`. */
  readonly nodeId: string;
  private readonly streams = new Map<string, LiveStream>();
  private readonly whenEmpty: (() => void)[] = [];
  private isStopping = false;

  constructor(
    @Inject(IdFactory) private readonly ids: IdFactory,
    @Inject(StreamLimits) private readonly limits: StreamLimits,
  ) {
    this.nodeId = ids.next();
  }

  /**
   * @throws ConcordatError `service_unavailable` (503) while the node stops; `rate_limited` (429) when too many of the
   * grant or of its holder are open.
   */
  open(grant: StreamedGrant, clientId: string | null): LiveStream {
    if (this.isStopping) {
      throw new ConcordatError('service_unavailable');
    }
    this.requireRoom(grant);
    const stream = new LiveStream(this.ids.next(), grant, clientId);
    this.streams.set(stream.id, stream);
    return stream;
  }

  close(stream: LiveStream): void {
    this.streams.delete(stream.id);
    if (this.streams.size === 0) {
      this.whenEmpty.splice(0).forEach((resolve) => {
        resolve();
      });
    }
  }

  streamIds(): readonly string[] {
    return [...this.streams.keys()];
  }

  grantIds(): readonly string[] {
    return [...new Set([...this.streams.values()].map(({ grantId }) => grantId))];
  }

  /**
   * Cuts every stream whose grant is not live at the stream's epoch.
   * @param asked the grants that were looked up; streams of others opened since.
   */
  cutEnded(asked: readonly string[], live: ReadonlyMap<string, number>): void {
    for (const stream of this.streams.values()) {
      if (asked.includes(stream.grantId) && live.get(stream.grantId) !== stream.epoch) {
        stream.cut('grant_ended');
      }
    }
  }

  /** The grants that programs read under, each with its program. */
  programs(): readonly ProgramReading[] {
    return [...this.streams.values()].flatMap(({ grantId, clientId }) =>
      clientId === null ? [] : [{ grantId, clientId }],
    );
  }

  /** Cuts what programs read that no longer may. */
  cutPrograms(stopped: readonly ProgramReading[]): void {
    for (const stream of this.streams.values()) {
      const isStopped = stopped.some(
        ({ grantId, clientId }) => stream.grantId === grantId && stream.clientId === clientId,
      );
      if (isStopped) {
        stream.cut('program_stopped');
      }
    }
  }

  cutExpired(now: Date): void {
    for (const stream of this.streams.values()) {
      if (stream.expiresAt.getTime() <= now.getTime()) {
        stream.cut('grant_expired');
      }
    }
  }

  cutAll(reason: CutReason): void {
    for (const stream of this.streams.values()) {
      stream.cut(reason);
    }
  }

  /** Cuts every stream and opens no more. */
  stop(): void {
    this.isStopping = true;
    this.cutAll('node_stopping');
  }

  /** Resolves when no stream is left. */
  async drained(): Promise<void> {
    if (this.streams.size > 0) {
      await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
    }
  }
  private requireRoom({ id, personId }: StreamedGrant): void {
    const open = [...this.streams.values()].filter((stream) => stream.isUnderWay);
    const ofPerson = open.filter((stream) => stream.personId === personId);
    const ofGrant = ofPerson.filter((stream) => stream.grantId === id);
    const { streamsPerGrant, streamsPerPerson } = this.limits;
    if (ofGrant.length >= streamsPerGrant || ofPerson.length >= streamsPerPerson) {
      throw new ConcordatError('rate_limited');
    }
  }
}
