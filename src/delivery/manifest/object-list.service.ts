import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { ObjectsPage, ObjectView } from '../delivery.dto.js';
import type { Admission, DeliveryCaller, ManifestEntry } from '../delivery.types.js';
import { UrlIssuing } from '../presign/url-issuing.service.js';
import { GrantObjects } from './grant-objects.js';
import { objectUrl, toObjectView } from './object-view.js';

/** A grant's objects page by page, with the store's own URLs in `presign` mode. */
@Injectable()
export class ObjectList {
  constructor(
    private readonly access: GrantAccess,
    private readonly use: GrantUse,
    private readonly grantObjects: GrantObjects,
    private readonly issuing: UrlIssuing,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** @throws ConcordatError `page_token_invalid` (400), and what `GrantAccess.admit` and `UrlIssuing.issue` throw. */
  async page(
    caller: DeliveryCaller,
    pageSize: number,
    pageToken: string | undefined,
  ): Promise<ObjectsPage> {
    const admission = await this.access.admit(caller);
    const { items, nextPageToken } = await this.grantObjects.page(
      admission.grant,
      pageToken,
      pageSize,
    );
    const isPresigned = admission.grant.delivery === 'presign' && items.length > 0;
    const objects = await (isPresigned
      ? this.presign(admission, items)
      : this.list(admission, items));
    return { objects, nextPageToken };
  }

  /**
   * What HEAD asks: whether a list would be answered. Nothing is listed, so nothing is a use of the grant.
   * @throws ConcordatError `page_token_invalid` (400), and what `GrantAccess.admit` throws.
   */
  async check(caller: DeliveryCaller, pageToken: string | undefined): Promise<void> {
    const { grant } = await this.access.admit(caller);
    this.grantObjects.checkToken(grant, pageToken);
  }

  private async presign(
    admission: Admission,
    entries: readonly ManifestEntry[],
  ): Promise<readonly ObjectView[]> {
    const { urls, expiresAt } = await this.issuing.issue(admission, entries);
    const until = expiresAt.toISOString();
    return entries.map((entry, at) => toObjectView(entry, urls[at] ?? '', until));
  }

  private async list(
    admission: Admission,
    entries: readonly ManifestEntry[],
  ): Promise<readonly ObjectView[]> {
    await this.use.commit(admission, 'object.listed', {});
    const { publicUrl } = this.config;
    return entries.map((entry) =>
      toObjectView(entry, objectUrl(publicUrl, admission.grant.id, entry.name), null),
    );
  }
}
