/** A change is noticed when a property fails: which smallest value it fails for takes long to find. */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
