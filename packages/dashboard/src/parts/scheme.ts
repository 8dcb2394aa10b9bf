import { useEffect, useState } from "preact/hooks";

/** Whether the system asks for dark colours; what is drawn on a canvas is drawn again by it. */
export function useScheme(): boolean {
  const [isDark, setDark] = useState(() => query().matches);
  useEffect(() => {
    const dark = query();
    const settle = () => setDark(dark.matches);
    dark.addEventListener("change", settle);
    return () => dark.removeEventListener("change", settle);
  }, []);
  return isDark;
}

function query(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}
