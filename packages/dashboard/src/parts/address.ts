/** What a page shows is in its address, so that it can be shared, kept, and gone back to. */
import { useCallback, useEffect, useState } from "preact/hooks";

/** Undefined takes a parameter out. */
export type AddressChange = Readonly<Record<string, string | undefined>>;

interface Address {
  readonly query: URLSearchParams;
  /** @param how `replace` for what changes while somebody types: back skips it */
  readonly change: (changes: AddressChange, how?: "push" | "replace") => void;
}

export function useAddress(): Address {
  const [search, setSearch] = useState(location.search);
  useEffect(() => {
    const settle = () => setSearch(location.search);
    addEventListener("popstate", settle);
    return () => removeEventListener("popstate", settle);
  }, []);
  const change = useCallback(changeAddress, []);
  return { query: new URLSearchParams(search), change };
}

/** Where the query stays as it is nothing happens. */
export function changeAddress(changes: AddressChange, how: "push" | "replace" = "push"): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  const address = `${location.pathname}${text === "" ? "" : `?${text}`}`;
  if (address === `${location.pathname}${location.search}`) return;
  history[how === "push" ? "pushState" : "replaceState"](null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** A parameter that is a whole number from 1 on; undefined where it is none. */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
