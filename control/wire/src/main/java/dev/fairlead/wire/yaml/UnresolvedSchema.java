// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import java.util.Map;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.Schema;

/** Leaves plain scalars without explicit tag to {@link Scalars}, marked by a tag of their own. */
final class UnresolvedSchema implements Schema {
    /** The tag of a plain scalar whose writer gave no tag. */
    static final Tag PLAIN = new Tag("!plain");

    @Override
    public ScalarResolver getScalarResolver() {
        return (text, implicit) -> implicit ? PLAIN : Tag.STR;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        return Map.of();
    }
}
