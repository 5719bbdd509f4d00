// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param environment the environment variables
 * @param home the user's home folder
 * @param input standard input
 */
public record Surroundings(Map<String, String> environment, Path home, InputStream input) {
    /** Those of this process. */
    public static Surroundings ofProcess() {
        return new Surroundings(System.getenv(), Path.of(System.getProperty("user.home", ".")), System.in);
    }
}
