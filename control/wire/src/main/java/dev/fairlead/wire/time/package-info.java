/**
 * Time as a value that is given: {@link dev.fairlead.wire.time.Time} is the contract, {@code SystemTime} the machine's
 * own, {@code testing.FakeTime} the one tests step by hand. Start reading at {@code Time}.
 */
package dev.fairlead.wire.time;
