import { describe, expect, test } from "vitest";
import { opOf } from "../../src/capture/operation.ts";
import { OPS } from "../../src/capture/record.ts";

describe("the op of a tool name", () => {
  test.each([
    ["read_file", "read"],
    ["server__readFile", "read"],
    ["get-user-details", "read"],
    ["browser.snapshot", "read"],
    ["scroll_down", "read"],
    ["job.status", "wait"],
    ["get_build_status", "wait"],
    ["TaskOutput", "wait"],
    ["update_status", "write"],
    ["move", "act"],
    ["move_north", "act"],
    ["move_file", "write"],
    ["browser_click", "act"],
    ["PageDown", "act"],
    ["next_page", "act"],
    ["append_block", "act"],
    ["transfer_to_coder", "end"],
    ["write_stdin", "act"],
    ["search_direct_flight", "search"],
    ["list_dir", "search"],
    ["web_search", "search"],
    ["Grep", "search"],
    ["mcp__github__create_issue", "write"],
    ["update_reservation_flights", "write"],
    ["str_replace_editor", "write"],
    ["edit", "write"],
    ["api.post", "write"],
    ["run_tests", "test"],
    ["run_terminal_cmd", "run"],
    ["python", "run"],
    ["calculate", "run"],
    ["git_commit", "vcs"],
    ["install_package", "install"],
    ["fetch", "net"],
    ["wait_for_element", "wait"],
    ["sequentialthinking", "other"],
    ["think", "plan"],
    ["TodoWrite", "plan"],
    ["submit", "end"],
    ["submit_order", "write"],
    ["code_search", "search"],
    ["http_request", "net"],
    ["update_plan", "plan"],
    ["change_data_plan", "write"],
    ["transfer_to_human_agents", "end"],
    ["mcp:resources/read", "read"],
    ["mcp:elicitation/create", "wait"],
    ["mcp:anything/else", "other"],
    ["frobnicate", "other"],
    ["", "other"],
    ["\u0437\u0430\u043f\u0438\u0441\u044c", "other"],
  ])("%s is %s", (tool, op) => {
    expect(opOf(tool)).toBe(op);
  });
});

describe("the op of a shell command", () => {
  test.each([
    ["ls -la", "search"],
    ["cat a.txt | grep x", "read"],
    ["cd /srv && pytest -q", "test"],
    ["cd /srv; FOO=1 BAR='a b' make test", "test"],
    ["sudo -n env A=b apt-get install -y curl", "install"],
    ["timeout -k 5 10 node server.js", "run"],
    ["time python -m pytest tests/", "test"],
    ["python3 script.py", "run"],
    ["npm run test:unit", "test"],
    ["npm run build", "run"],
    ["npm ci", "install"],
    ["npx vitest run", "test"],
    ["cargo clippy", "test"],
    ["./gradlew test", "test"],
    ["./run.sh", "run"],
    ["cat > a.txt <<'EOF'\nhello\nEOF", "write"],
    ["echo hi > a.txt", "write"],
    ["echo hi", "other"],
    ["echo hi 2>/dev/null", "other"],
    ["ls > /dev/null 2>&1", "search"],
    ["sed -i 's/a/b/' f", "write"],
    ["sed -n 1,20p f", "read"],
    ["find . -name x -delete", "write"],
    ["git status", "vcs"],
    ["curl -s http://localhost", "net"],
    ["sleep 5 && curl localhost", "wait"],
    ["bash -lc 'rg pattern src'", "search"],
    ["rm -rf build", "write"],
    ["gh pr checks 412", "wait"],
    ["gh pr create --fill", "vcs"],
    ["kubectl -n prod get pods", "wait"],
    ["kubectl apply -f a.yaml", "run"],
    ["make test; exit 1", "test"],
    ["exit 0", "other"],
    ["# only a remark\nls", "search"],
    ["", "wait"],
    ["'unclosed quote", "other"],
    ["frob --now", "other"],
  ])("%j is %s", (command, op) => {
    expect(opOf("bash", { command })).toBe(op);
  });

  test("is found in the usual fields, as text or as a list of words", () => {
    expect(opOf("execute_command", { cmd: "git log" })).toBe("vcs");
    expect(opOf("shell", { command: ["bash", "-lc", "cd /srv && npm test"] })).toBe("test");
    expect(opOf("shell", { command: ["cat", "it's here"] })).toBe("read");
    expect(opOf("terminal", "ls")).toBe("search");
    expect(opOf("execute_code", { code: "import os" })).toBe("run");
  });

  test("takes long and odd commands in their stride", () => {
    for (const piece of ["a;", "'", '"', "\\", "> ", "|", "& ", "$(", "<<EOF\n", "A=1 ", "sudo "]) {
      expect(OPS).toContain(opOf("bash", { command: piece.repeat(100_000) }));
    }
  });
});

test.each([
  ["SELECT 1", "read"],
  ["-- count\nselect count(*) from t", "read"],
  ["/* x */ UPDATE t SET a = 1", "write"],
  ["SHOW TABLES", "search"],
  ["frob", "read"],
])("the op of the statement %j is %s", (query, op) => {
  expect(opOf("db.query", { query })).toBe(op);
});

describe("hints of a tool server", () => {
  test("correct what the name suggests", () => {
    expect(opOf("frobnicate", {}, { readOnlyHint: true })).toBe("read");
    expect(opOf("frobnicate", {}, { destructiveHint: true })).toBe("write");
    expect(opOf("get_and_purge", {}, { readOnlyHint: false, destructiveHint: true })).toBe("write");
    expect(opOf("search_files", {}, { readOnlyHint: true })).toBe("search");
    expect(opOf("frobnicate", {}, { readOnlyHint: false, destructiveHint: false })).toBe("other");
  });
});

test("to say nothing to what runs is to wait for it", () => {
  expect(opOf("write_stdin", { session_id: 41, chars: "" })).toBe("wait");
  expect(opOf("write_stdin", { session_id: 41, chars: "y\n" })).toBe("act");
  expect(opOf("execute_bash", { command: "" })).toBe("wait");
});
