// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final List<String> EVENTS = List.of(
            "{\"type\":\"ADDED\",\"object\":{\"a\":\"}{\"}}",
            "{}",
            "{\"quote\":\"\\\"}\",\"back\":\"\\\\\"}",
            "{\"läng\":{\"é\":[{},{\"x\":{}}]}}");

    private static List<String> cut(byte[] stream, Random random) throws IOException {
        Frames frames = new Frames();
        List<String> got = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int to = Math.min(stream.length, at + 1 + random.nextInt(30));
            frames.add(Arrays.copyOfRange(stream, at, to));
            at = to;
            for (Frames.Frame frame = frames.next(); frame != null; frame = frames.next()) {
                got.add(new String(frame.bytes(), frame.from(), frame.to() - frame.from(), StandardCharsets.UTF_8));
            }
        }
        return got;
    }

    @Test
    void objects_come_out_whole_however_the_stream_is_cut() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (String between : List.of("", "\n", " \r\n")) {
            for (int i = 0; i < 300; i++) {
                byte[] stream = (String.join(between, EVENTS) + between).getBytes(StandardCharsets.UTF_8);
                assertThat(cut(stream, random)).isEqualTo(EVENTS);
            }
        }
    }
}
