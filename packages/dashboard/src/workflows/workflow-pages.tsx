/** The pages about workflows; they are loaded when somebody opens one of them. */
export { WorkflowPage } from "./workflow-page.tsx";
export { WorkflowsPage } from "./workflows-page.tsx";
