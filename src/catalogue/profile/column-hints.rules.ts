/** What the name of a column is taken for. */
export interface ColumnHint {
  /** A term of `column-class`. */
  readonly class: string;
  /** A term of `sensitivity` that data with such a column needs at least; null where that depends. */
  readonly sensitivity: string | null;
  readonly because: string;
}

/** From the least careful to the most. What is not in it is of a later edition, and is not judged. */
const CLASSES = ['other', 'quasi', 'sensitive', 'direct'];
const SENSITIVITIES = ['public', 'internal', 'personal', 'special'];

/** Unset counts as the most telling one (domain.md section 8): so does a name that says nothing. */
const UNKNOWN_CLASS = 'direct';

const hint = (words: string, hintClass: string, sensitivity: string | null, because: string) => ({
  words: new RegExp(`(^|_)(${words})(_|$)`),
  hint: { class: hintClass, sensitivity, because } satisfies ColumnHint,
});

/** The first that fits counts. Names are in lower case with underscores between words. */
const HINTS = [
  hint('nhs_?(number|num|no|id)?', 'direct', 'special', 'an NHS number'),
  hint('hospital_(number|no)|mrn|patient_?(id|number|no)', 'direct', 'special', 'a patient'),
  hint(
    'ni_?(number|no)|nino|national_insurance(_.*)?',
    'direct',
    'personal',
    'a national insurance number',
  ),
  hint(
    'passport(_.*)?|driving_licence(_.*)?|upn|uln',
    'direct',
    'personal',
    'an official number of a person',
  ),
  hint('e_?mail(_address)?', 'direct', 'personal', 'an e-mail address'),
  hint('phone|telephone|tel|mobile|msisdn|fax', 'direct', 'personal', 'a telephone number'),
  hint(
    '(first|given|fore|middle|last|family|full|sur|maiden|person|patient|customer|client|resident|contact|staff)_?name|forename|surname',
    'direct',
    'personal',
    'a name of a person',
  ),
  hint(
    'address|addr|address_?line_?\\d?|house_(number|no|name)',
    'direct',
    'personal',
    'an address',
  ),
  hint(
    'vrm|vrn|number_plate|registration_(number|mark)|licence_plate',
    'direct',
    'personal',
    'a number plate',
  ),
  hint(
    'ip_?(address|addr)?|mac_?(address|addr)|imei|imsi|device_id|cookie(_id)?',
    'direct',
    'personal',
    'a device of a person',
  ),
  hint(
    'iban|sort_code|account_(number|no)|card_(number|no)',
    'direct',
    'personal',
    'an account of a person',
  ),
  hint(
    '(person|citizen|resident|customer|client|user|staff|employee|pupil|student|tenant|claimant)_?(id|number|no|ref)',
    'direct',
    'personal',
    'a number of a person',
  ),
  hint(
    'ethnic(ity|_.*)?|race|religion|faith|belief|sexual(ity|_.*)?|gender_(identity|reassignment)|disab(ility|led|ilities)',
    'sensitive',
    'special',
    'a special category of personal data',
  ),
  hint(
    'diagnos(is|es|ed)|icd_?\\d*|snomed|medication|prescription|pregnan(t|cy)|hiv|blood_.*|health(_.*)?|biometric(_.*)?|genetic(_.*)?',
    'sensitive',
    'special',
    'health',
  ),
  hint(
    'trade_union|union_member(ship)?|political(_.*)?',
    'sensitive',
    'special',
    'a special category of personal data',
  ),
  hint('offence|offender|conviction|crime|arrest|sentence', 'sensitive', 'special', 'offences'),
  hint(
    'income|salary|earnings|benefit|benefits|debt|arrears',
    'sensitive',
    'personal',
    'what a person has',
  ),
  hint(
    'dob|d_o_b|date_of_(birth|death)|(birth|death)_?(date|day|year)|born|year_of_birth',
    'quasi',
    'personal',
    'a date of birth or death',
  ),
  hint('post_?code|pcd\\d?|pcds|zip(_?code)?', 'quasi', 'personal', 'a postcode'),
  hint(
    'age|age_?(band|group|range|years)|sex|gender|marital(_status)?|nationality|occupation|job_title|household(_.*)?',
    'quasi',
    'personal',
    'what a person can be told by',
  ),
  hint(
    'uprn|usrn|lat|latitude|lon|lng|long|longitude|easting|northing|geom|geometry|coordinates|lsoa|lsoa\\d*_?.*|msoa|msoa\\d*_?.*|oa|oa\\d+.*',
    'quasi',
    null,
    'a place',
  ),
];

/** What a name says; undefined when it says nothing. */
export function hintOf(name: string): ColumnHint | undefined {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_');
  return HINTS.find((one) => one.words.test(words))?.hint;
}

/**
 * The class to propose for a column. Never a less careful one than it has.
 * @param declared what the owner says of it now; undefined where it is not described.
 */
export function proposedClass(declared: string | undefined, found: ColumnHint | undefined): string {
  return moreCareful(CLASSES, declared, found?.class) ?? UNKNOWN_CLASS;
}

/** The sensitivity to propose. Never a less careful one than it is. */
export function proposedSensitivity(
  declared: string,
  found: readonly (ColumnHint | undefined)[],
): string {
  return found.reduce(
    (most: string, one) => moreCareful(SENSITIVITIES, most, one?.sensitivity ?? undefined) ?? most,
    declared,
  );
}

function moreCareful(
  order: readonly string[],
  declared: string | undefined,
  found: string | undefined,
): string | undefined {
  if (declared === undefined || found === undefined) {
    return declared ?? found;
  }
  const isJudged = order.includes(declared) && order.includes(found);
  return isJudged && order.indexOf(found) > order.indexOf(declared) ? found : declared;
}
