import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DecisionFacts } from './decision-record.types.js';

const FACTS = `
  SELECT r.id, r.requester_id AS "requesterId", r.reference, r.status, r.purpose, r.justification, r.until_on::text AS "untilOn", r.frequency,
    coalesce((SELECT min(e.occurred_at) FROM audit_event e
      WHERE e.access_request_id = r.id AND e.type = 'request.submitted'), r.undertaken_at) AS "receivedAt",
    jsonb_build_object('id', provider.id, 'name', provider.name) AS provider,
    jsonb_build_object('id', requesting.id, 'name', requesting.name) AS requesting,
    jsonb_build_object('name', requester.name, 'position', (SELECT m.position FROM membership m
      WHERE m.person_id = r.requester_id AND m.organisation_id = r.organisation_id
      ORDER BY m.starts_on DESC, m.id DESC LIMIT 1)) AS requester,
    jsonb_build_object('id', d.id, 'title', d.title) AS dataset,
    CASE WHEN v.version IS NOT NULL THEN jsonb_build_object('id', a.id, 'reference', a.reference,
      'version', v.version, 'versionHash', v.version_hash, 'status', v.status, 'endsAt', v.ends_at,
      'terms', v.terms, 'acceded', coalesce((SELECT jsonb_agg(p.terms) FROM agreement_party p
        WHERE p.agreement_id = a.id AND p.organisation_id IN (provider.id, requesting.id)
          AND p.terms IS NOT NULL), '[]'::jsonb)) END AS agreement,
    coalesce((SELECT jsonb_agg(jsonb_build_object('organisation', o.name, 'decision', w.decision,
        'reason', w.reason, 'reviewedAt', w.reviewed_at) ORDER BY w.reviewed_at, w.id)
      FROM agreement_review w JOIN agreement_party p ON p.id = w.party_id
        JOIN organisation o ON o.id = p.organisation_id
      WHERE w.agreement_id = v.agreement_id AND w.version = v.version
        AND o.id IN (provider.id, requesting.id)), '[]'::jsonb) AS "dpoReviews",
    (SELECT min(g.issued_at) FROM grants g WHERE g.access_request_id = r.id) AS "firstGrantAt",
    (SELECT jsonb_build_object('decision', c.decision, 'reason', c.reason, 'conditions', c.conditions,
        'name', decider.name, 'position', c.position, 'role', c.role, 'isAutomatic', c.is_automatic,
        'decidedAt', c.decided_at, 'auditEventId', c.audit_event_id)
      FROM access_decision c LEFT JOIN person decider ON decider.id = c.decider_id
      WHERE c.access_request_id = r.id ORDER BY c.decided_at DESC, c.id DESC LIMIT 1) AS decision
  FROM access_request r
    JOIN dataset d ON d.id = r.dataset_id
    JOIN organisation provider ON provider.id = d.organisation_id
    JOIN organisation requesting ON requesting.id = r.organisation_id
    JOIN person requester ON requester.id = r.requester_id
    JOIN agreement a ON a.id = r.agreement_id
    LEFT JOIN agreement_version v ON v.agreement_id = r.agreement_id AND v.version = r.agreement_version
  WHERE r.id = $1`;

@Injectable()
export class DecisionRecordsRepository {
  async find(manager: EntityManager, accessRequestId: string): Promise<DecisionFacts | undefined> {
    const [row] = await manager.query<DecisionFacts[]>(FACTS, [accessRequestId]);
    return row;
  }
}
