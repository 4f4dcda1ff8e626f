import { londonDay } from '../../../kernel/london-day.js';
import type { DayRange, FieldType, ScannedColumn } from '../profile.types.js';
import { cellType, isEmptyCell, joinTypes, readDay } from './cell-types.rules.js';

/** What the cells of one column have in common. It keeps the first and the last day, and no other cell. */
export class ColumnScan {
  private type: FieldType | undefined;
  private isNullable = false;
  private readonly days = new DayScan();

  add(cell: string): void {
    if (isEmptyCell(cell)) {
      this.isNullable = true;
      return;
    }
    if (this.type === 'text') {
      return;
    }
    this.type = joinTypes(this.type, cellType(cell));
    if (this.type === 'date' || this.type === 'timestamp') {
      this.days.add(cell);
    }
  }

  /** @param name as it is to be told. */
  tell(name: string): ScannedColumn {
    const isOfDays = this.type === 'date' || this.type === 'timestamp';
    return {
      name,
      type: this.type,
      isNullable: this.isNullable,
      days: isOfDays ? this.days.range() : null,
    };
  }
}

/** Days as they are written, and instants, which London dates. */
class DayScan {
  private first: string | undefined;
  private last: string | undefined;
  private earliest = Infinity;
  private latest = -Infinity;

  add(cell: string): void {
    const written = readDay(cell);
    if (written === undefined) {
      return;
    }
    const { day, at } = written;
    if (at !== undefined) {
      this.earliest = Math.min(this.earliest, at);
      this.latest = Math.max(this.latest, at);
    } else {
      this.first = this.first === undefined || day < this.first ? day : this.first;
      this.last = this.last === undefined || day > this.last ? day : this.last;
    }
  }

  range(): DayRange | null {
    const instants = Number.isFinite(this.earliest) ? [this.earliest, this.latest] : [];
    const days = [this.first, this.last, ...instants.map((at) => londonDay(new Date(at)))]
      .filter((day) => day !== undefined)
      .sort();
    const [startsOn] = days;
    const endsOn = days.at(-1);
    return startsOn === undefined || endsOn === undefined ? null : { startsOn, endsOn };
  }
}
