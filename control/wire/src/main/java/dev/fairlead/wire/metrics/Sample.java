// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import java.util.List;

/**
 * One number of a metric.
 *
 * @param labels the values of its labels, in their order
 */
public record Sample(List<String> labels, double value) {}
