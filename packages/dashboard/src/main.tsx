import { render } from "preact";
import { App } from "./pages/app.tsx";
import { keepLinksBelow } from "./server/base-path.ts";

keepLinksBelow();
const page = document.getElementById("page");
if (page !== null) render(<App />, page);
