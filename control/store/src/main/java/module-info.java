/** Revisioned history: atomic commits, range, watch, compact, recover. */
@org.jspecify.annotations.NullMarked
module dev.fairlead.store {
    requires static transitive org.jspecify;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    exports dev.fairlead.store;
    exports dev.fairlead.store.disk;
    exports dev.fairlead.store.memory;
}
