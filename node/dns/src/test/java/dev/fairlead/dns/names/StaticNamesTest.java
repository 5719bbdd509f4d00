// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.dns.message.DnsName;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticNamesTest {
    private final StaticNames names = StaticNames.parse(List.of(
            "# the office",
            "",
            "192.0.2.1  printer.example printer   # upstairs",
            "192.0.2.2  printer.example",
            "fd00::1    printer.example"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        printer.example         | A    | A 192.0.2.1, A 192.0.2.2
        PRINTER                 | A    | A 192.0.2.1
        printer.example         | AAAA | AAAA fd00::1
        printer.example         | MX   | ''
        1.2.0.192.in-addr.arpa  | PTR  | PTR printer.example.
        3.2.0.192.in-addr.arpa  | PTR  |
        other.example           | A    |
        """)
    void answersWhatIsWrittenDown(String name, String type, String expected) {
        assertThat(names.answer(DnsName.of(name), RecordText.type(type))
                        .map(answer ->
                                answer.answers().stream().map(RecordText::of).collect(Collectors.joining(", ")))
                        .orElse(null))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"printer 192.0.2.1", "192.0.2.1", "192.0.2.1 a..b"})
    void aLineThatIsNoneIsNamed(String line) {
        assertThatThrownBy(() -> StaticNames.parse(List.of("# first", line))).hasMessageStartingWith("line 2: ");
    }

    @Test
    void nothingIsWrittenDownAtFirst() {
        assertThat(StaticNames.NONE.answer(DnsName.of("printer"), 1)).isEmpty();
    }
}
