// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "a,true,true,true,true,true",
        "a-b,true,true,true,true,true",
        "1a,true,false,true,true,true",
        "a.b,false,false,true,true,true",
        "A,false,false,false,true,true",
        "a_b,false,false,false,true,true",
        "-a,false,false,false,false,false",
        "a-,false,false,false,false,false",
        "x/a,false,false,false,true,false",
        "x/y/a,false,false,false,false,false",
        "/a,false,false,false,false,false",
        "x/,false,false,false,false,false",
        "'',false,false,false,false,true",
        "é,false,false,false,false,false"
    })
    void knowsTheSyntaxes(
            String text, boolean label, boolean old, boolean subdomain, boolean qualified, boolean value) {
        assertThat(Names.label(text).isEmpty()).as("label").isEqualTo(label);
        assertThat(Names.oldLabel(text).isEmpty()).as("RFC 1035 label").isEqualTo(old);
        assertThat(Names.subdomain(text).isEmpty()).as("subdomain").isEqualTo(subdomain);
        assertThat(Names.qualified(text).isEmpty()).as("qualified").isEqualTo(qualified);
        assertThat(Names.labelValue(text).isEmpty()).as("label value").isEqualTo(value);
    }

    @Test
    void limitsLengths() {
        assertThat(Names.label("a".repeat(63))).isEmpty();
        assertThat(Names.label("a".repeat(64))).containsExactly("must be no more than 63 bytes");
        assertThat(Names.subdomain("a".repeat(253))).isEmpty();
        assertThat(Names.subdomain("a".repeat(254))).containsExactly("must be no more than 253 bytes");
        assertThat(Names.qualified("x/" + "a".repeat(64))).containsExactly("name part must be no more than 63 bytes");
        assertThat(Names.subdomain("a.".repeat(2_000_000))).isNotEmpty();
        assertThat(Names.labelValue("a".repeat(1_000_000))).containsExactly("must be no more than 63 bytes");
    }

    @Test
    void saysWhatWouldBeRight() {
        assertThat(Names.label("My_Name"))
                .isEqualTo(List.of(
                        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
                                + " must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used"
                                + " for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"));
        assertThat(Names.label("a.b")).containsExactly("must not contain dots");
    }
}
