import pg from 'pg';

/**
 * A connection whose death never ends the process. A server that dies just as it lets one in says both in one packet: the
 * pool has then handed the connection on, and whoever waits for it has had no turn yet to listen for errors.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Whoever uses it is told by its next query.
    this.on('error', () => undefined);
  }
}
