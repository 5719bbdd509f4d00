// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the pom of {@code fairlead-junit}, the one artifact for other people's builds, brings onto their class paths. */
class PublishedTest {
    private static final Path POM = Repository.root().resolve("tools/junit/pom.xml");

    private static Element project(Path pom) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(pom.toFile())
                .getDocumentElement();
    }

    private static List<Element> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .map(Element.class::cast)
                .toList();
    }

    private static String text(Element parent, String name, String otherwise) {
        return children(parent, name).stream()
                .map(child -> child.getTextContent().strip())
                .findFirst()
                .orElse(otherwise);
    }

    /** Scopes by artifact; a child's word counts before its parent's. */
    private static void scopes(Element project, Map<String, String> scopes) {
        children(project, "dependencies").stream()
                .flatMap(all -> children(all, "dependency").stream())
                .forEach(one -> scopes.put(
                        text(one, "groupId", "") + ":" + text(one, "artifactId", ""), text(one, "scope", "compile")));
    }

    @Test
    void usersGetOneJar() throws Exception {
        Element published = project(POM);
        Element parent = children(published, "parent").getFirst();
        Path inherited = POM.resolveSibling(text(parent, "relativePath", "")).normalize();
        assertThat(inherited).isEqualTo(Repository.root().resolve("pom.xml"));
        assertThat(text(published, "packaging", "jar")).isEqualTo("jar");

        Map<String, String> scopes = new TreeMap<>();
        scopes(project(inherited), scopes);
        scopes(published, scopes);
        assertThat(scopes)
                .containsKeys(
                        "org.jspecify:jspecify", "dev.fairlead:fairlead-cli", "org.junit.jupiter:junit-jupiter-api");
        assertThat(scopes)
                .as("what is needed to build it comes to nobody else")
                .allSatisfy((artifact, scope) -> assertThat(scope).isIn("provided", "test"));
    }
}
