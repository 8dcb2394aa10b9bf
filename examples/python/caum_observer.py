"""Observe any Python agent with a CAUM collector; only the standard library is needed.

    caum up                                     # in another terminal; prints URL and key
    CAUM_API_KEY=... python3 caum_observer.py   # runs the demonstration below

The content that is observed never leaves this process: only a keyed digest of it does.
Nothing here can throw into the agent or keep it waiting for longer than TIMEOUT_SECONDS.
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 2


class CaumObserver:
    """One session of one agent."""

    def __init__(self, api_key, session_id, agent_name="", url=None, digest_key=None):
        self.session_id = session_id
        self.agent_name = agent_name
        self.step = 0
        self.last_error = None
        self._url = (url or os.environ.get("CAUM_URL", "http://127.0.0.1:4070")).rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
        }
        # Without a key that outlives the process, equal results are equal within this run only.
        self._digest_key = (digest_key or secrets.token_hex(32)).encode()

    def observe(self, tool, content="", cost=0.0, tokens=0):
        """Call after each tool use. Returns the assessment, or None when none could be had."""
        self.step += 1
        digest = hmac.new(self._digest_key, content.encode("utf-8", "replace"), hashlib.sha256)
        return self._post(
            "/v1/step",
            {
                "session_id": self.session_id,
                "step": self.step,
                "tool": tool,
                "agent_name": self.agent_name,
                "cost_usd": cost,
                "tokens_used": tokens,
                "state_hash": digest.hexdigest()[:32],
            },
        )

    def end(self, resolved=None):
        """Finalize the session. Returns the report, or None."""
        path = f"/v1/session/{urllib.request.quote(self.session_id, safe='')}/end"
        return self._post(path, {} if resolved is None else {"resolved": resolved})

    def _post(self, path, body):
        request = urllib.request.Request(
            self._url + path, json.dumps(body).encode(), self._headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.load(answer)
        except (OSError, ValueError) as error:
            # The agent goes on; whoever wants to know looks here.
            self.last_error = type(error).__name__
            return None


def demonstrate():
    caum = CaumObserver(os.environ.get("CAUM_API_KEY", ""), "python-example", "demo agent")
    for tool, content in [("bash", "5 failed"), ("edit", "fixed"), ("bash", "5 passed")]:
        result = caum.observe(tool, content, cost=0.01)
        if result is None:
            return f"no collector: {caum.last_error}"
        print(f"step {caum.step}  {tool:<5} {result['regime']:<12} UDS {result['uds']:.2f}")
    report = caum.end(resolved=True)
    print(f"ended  tier {report['tier']}, {report['total_steps']} steps")
    return None


if __name__ == "__main__":
    sys.exit(demonstrate())
