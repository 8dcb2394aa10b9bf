/** Tests of loops must not tell whoever sits at this machine; those that want to say so. */
process.env.CAUM_DESKTOP = "0";
