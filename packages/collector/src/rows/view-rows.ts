/** Addresses of the page that people keep under a name. */

export const MAX_VIEWS = 50;

export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** Path and query of the page, such as `/?regime=LOOP`. */
  readonly address: string;
  readonly createdMs: number;
}

export interface ViewReader {
  /** By name. */
  views(tenant: number): Promise<readonly SavedView[]>;
}

export type ViewCommand =
  | {
      /** One of the same name goes. Refused with CONFLICT when there are {@link MAX_VIEWS}. */
      readonly kind: "save_view";
      readonly tenant: number;
      readonly view: SavedView;
    }
  | { readonly kind: "delete_view"; readonly tenant: number; readonly id: string };
