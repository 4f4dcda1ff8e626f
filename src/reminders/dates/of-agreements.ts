import { NO_PEOPLE, type DatesOf } from './coming-date.js';

const LIVE = `v.status IN ('active', 'suspended')`;
const FROM_LIVE = 'FROM agreement_version v JOIN agreement g ON g.id = v.agreement_id';
const LEAD =
  'ARRAY(SELECT y.organisation_id FROM agreement_party y WHERE y.agreement_id = g.id AND y.is_lead)';
const PARTIES = `ARRAY(SELECT y.organisation_id FROM agreement_party y
    WHERE y.agreement_id = g.id AND y.status NOT IN ('withdrawn', 'excluded', 'lapsed'))`;
const IN_FORCE = `ARRAY(SELECT y.organisation_id FROM agreement_party y
    WHERE y.agreement_id = g.id AND y.status IN ('active', 'suspended'))`;

// Days are text in the terms, and in the indexes on them.
const REVIEW_ON = `coalesce(v.next_review_on, v.terms ->> 'reviewOn')`;
const DPIA_REVIEW_ON = `coalesce(v.next_dpia_review_on, v.terms #>> '{dpia,reviewOn}')`;

export const OF_AGREEMENT_ENDS: DatesOf<'agreement_end'> = {
  cause: 'agreement_end',
  subjectType: 'agreement',
  kind: 'lapse',
  sql: ({ first, last }) => `
    SELECT 'agreement_end' AS cause, g.id AS subject, (v.terms ->> 'endsOn')::date AS due_on,
      'Agreement ' || g.reference || ' ends' AS about, ${IN_FORCE} AS organisations, '{data_owner}'::text[] AS roles,
      ${NO_PEOPLE} AS people, ${PARTIES} AS concerned
    ${FROM_LIVE} WHERE ${LIVE} AND v.ends_at >= ${first} AND v.ends_at <= ${last} + 2
      AND v.terms ->> 'endsOn' BETWEEN ${first}::text AND ${last}::text`,
};

export const OF_AGREEMENT_REVIEWS: DatesOf<'agreement_review'> = {
  cause: 'agreement_review',
  subjectType: 'agreement',
  kind: 'review',
  sql: ({ first, last }) => `
    SELECT 'agreement_review' AS cause, g.id AS subject, ${REVIEW_ON}::date AS due_on,
      'Review of agreement ' || g.reference AS about, ${LEAD} AS organisations, '{dpo,ig_officer}'::text[] AS roles,
      ${NO_PEOPLE} AS people, ${PARTIES} AS concerned
    ${FROM_LIVE} WHERE ${LIVE} AND ${REVIEW_ON} BETWEEN ${first}::text AND ${last}::text`,
};

export const OF_DPIA_REVIEWS: DatesOf<'dpia_review'> = {
  cause: 'dpia_review',
  subjectType: 'agreement',
  kind: 'review',
  sql: ({ first, last }) => `
    SELECT 'dpia_review' AS cause, g.id AS subject, ${DPIA_REVIEW_ON}::date AS due_on,
      'Review of the DPIA of agreement ' || g.reference AS about, ${LEAD} AS organisations, '{dpo}'::text[] AS roles,
      ${NO_PEOPLE} AS people, ${PARTIES} AS concerned
    ${FROM_LIVE} WHERE ${LIVE} AND ${DPIA_REVIEW_ON} BETWEEN ${first}::text AND ${last}::text`,
};

/** Assessments of views against a motivated intruder (V2.8), those of one day together. */
export const OF_ASSESSMENTS: DatesOf<'assessment'> = {
  cause: 'assessment',
  subjectType: 'agreement',
  kind: 'review',
  sql: ({ first, last }) => `
    SELECT 'assessment' AS cause, g.id AS subject, i.review_by::date AS due_on,
      'Assessment of views on ' || string_agg(d.title, ', ' ORDER BY d.title) || ' under agreement ' || g.reference AS about,
      ${LEAD} AS organisations, '{dpo}'::text[] AS roles, ${NO_PEOPLE} AS people, ${PARTIES} AS concerned
    ${FROM_LIVE}
      CROSS JOIN LATERAL (SELECT x ->> 'datasetId' AS dataset_id, x #>> '{assessment,reviewBy}' AS review_by
        FROM jsonb_array_elements(v.terms -> 'items') x) i
      JOIN dataset d ON d.id = i.dataset_id::uuid
    WHERE ${LIVE} AND first_assessment_review(v.terms) <= ${last}::text
      AND i.review_by BETWEEN ${first}::text AND ${last}::text
    GROUP BY g.id, g.reference, i.review_by`,
};
