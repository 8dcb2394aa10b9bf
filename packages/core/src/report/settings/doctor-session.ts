/** The session of `caum doctor`: it looks at the recorder, so no list of what agents did shows it. */
export const DOCTOR_SESSION = "caum-doctor";
