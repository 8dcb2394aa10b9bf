/** What is loaded together when somebody opens the overview or the list of loops. */
export { LoopsPage } from "./loops-page.tsx";
export { OverviewPage } from "./overview-page.tsx";
