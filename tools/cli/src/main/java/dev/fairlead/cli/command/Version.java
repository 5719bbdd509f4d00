// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import picocli.CommandLine;

/** The program's version, and the Java it runs on. */
public final class Version implements CommandLine.IVersionProvider {
    /** The Kubernetes version whose API is served. */
    public static final String KUBERNETES = "v1.36";

    @Override
    public String[] getVersion() {
        return new String[] {"fairlead 0.1.0 (Kubernetes API " + KUBERNETES + ", Java " + Runtime.version() + ")"};
    }
}
