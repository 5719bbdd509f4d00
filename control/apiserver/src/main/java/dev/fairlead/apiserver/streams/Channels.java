// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The channels of a message's first byte, and what is told on that of the outcome. */
final class Channels {
    static final int INPUT = 0;
    static final int OUTPUT = 1;
    static final int ERRORS = 2;
    static final int OUTCOME = 3;
    static final int RESIZE = 4;
    /** Only since v5: the channel in the second byte is closed. */
    static final int CLOSE = 255;

    private Channels() {}

    /** {@code length} bytes on a channel. */
    static byte[] message(int channel, byte[] bytes, int length) {
        byte[] message = new byte[length + 1];
        message[0] = (byte) channel;
        System.arraycopy(bytes, 0, message, 1, length);
        return message;
    }

    /** How a command ended. */
    static byte[] outcome(int exitCode) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("metadata", Map.of());
        if (exitCode == 0) {
            status.put("status", "Success");
        } else {
            status.put("status", "Failure");
            status.put("message", "command terminated with non-zero exit code: exit status " + exitCode);
            status.put("reason", "NonZeroExitCode");
            status.put(
                    "details",
                    Map.of("causes", List.of(Map.of("reason", "ExitCode", "message", String.valueOf(exitCode)))));
        }
        return outcome(status);
    }

    /** That a command did not come to run. */
    static byte[] failed(String why) {
        return outcome(Refusal.internal(why).status());
    }

    private static byte[] outcome(Map<String, Object> status) {
        byte[] json = Json.write(status);
        return message(OUTCOME, json, json.length);
    }
}
