import { connect } from "node:net";

const WITHIN_MS = 1_000;

/** Whether something on this machine takes connections at the port. */
export function answersAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const tell = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.setTimeout(WITHIN_MS, () => tell(false));
    socket.once("connect", () => tell(true));
    socket.once("error", () => tell(false));
  });
}
