import { render } from "preact";
import { App } from "./pages/app.tsx";

const page = document.getElementById("page");
if (page !== null) render(<App />, page);
