/** What a program is given, and the tools that its agent has. */
export const { collector, key, model, script, canary, conversation, variant } = JSON.parse(
  process.env.CAUM_EMITTER,
);
export const headers = { Authorization: `Bearer ${key}` };
export const prompt = `Follow the script ${canary}`;
export const system = `You follow scripts ${canary}`;

export const TOOLS = {
  lookup: ({ city }) => `it is sunny in ${city} ${canary}`,
  broken: ({ city }) => {
    throw new TypeError(`there is no ${city} ${canary}`);
  },
};

/** JSON schema of both tools' input. */
export const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, note: { type: "string" } },
  required: ["city", "note"],
};
export const OPENAI_TOOLS = Object.keys(TOOLS).map((name) => ({
  type: "function",
  function: { name, description: `${name} of a city`, parameters: SCHEMA },
}));

/** A tool as an agent loop without a framework runs it: a failure becomes text. */
export function answerOf(name, input) {
  try {
    return TOOLS[name](input);
  } catch (failure) {
    return String(failure);
  }
}

/** An agent loop over chat completions. `run` is given each call's name and input. */
export async function chat(client, run = answerOf) {
  const messages = [
    { role: "system", content: system },
    { role: "user", content: prompt },
  ];
  for (;;) {
    const { choices } = await client.chat.completions.create({
      model: "test-model",
      messages,
      tools: OPENAI_TOOLS,
    });
    const { message } = choices[0];
    messages.push(message);
    if (!message.tool_calls) return;
    for (const call of message.tool_calls) {
      const content = await run(call.function.name, JSON.parse(call.function.arguments));
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
}
