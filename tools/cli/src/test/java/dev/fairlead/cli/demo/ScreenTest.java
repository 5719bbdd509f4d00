// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What stays and what is written anew. */
final class ScreenTest {
    private final StringWriter shown = new StringWriter();

    @Test
    void aTerminalsLastLineIsWrittenAnew() {
        Screen screen = new Screen(new PrintWriter(shown), true);
        screen.say("one");
        screen.now("1 req/s");
        screen.now("2 req/s");
        screen.say("two");
        screen.say("three");
        assertThat(shown.toString().replace("\r\u001b[K", "<"))
                .isEqualToNormalizingNewlines("one\n<1 req/s<2 req/s<two\nthree\n");
    }

    @Test
    void elsewhereEachLineStays() {
        Screen screen = new Screen(new PrintWriter(shown), false);
        screen.say("one");
        screen.now("1 req/s");
        screen.now("2 req/s");
        assertThat(shown).hasToString("one\n1 req/s\n2 req/s\n");
    }

    @Test
    void aWholeScreenLeavesNothingOfTheOneBefore() {
        assertThat(Screen.whole("one\ntwo\n")).isEqualTo("\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[J");
    }
}
