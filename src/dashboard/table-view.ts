import type { Table } from '../report/tables/table.js';
import type { TableView } from './page/protocol.js';

/** Returns a table as the page shows it, without its records. */
export function toTableView({ name, title, caption, head, body, notes }: Table): TableView {
  return { name, title, caption, head, body, notes };
}
