import { invalid } from '../errors';
import type { Definition, Parameter } from './definition';

export type ParameterValue = string | number | boolean;

/** Values of an execution's parameters: those given, as strings, over the defaults. */
export function parameterValues(
  definition: Definition,
  given: ReadonlyArray<{ readonly Name: string; readonly Value: string }>,
): Map<string, ParameterValue> {
  const declared = definition.Parameters ?? [];
  const names = new Set(declared.map(({ Name }) => Name));
  const unknown = given.filter(({ Name }) => !names.has(Name)).map(({ Name }) => Name);
  if (unknown.length > 0)
    throw invalid(
      `Unknown parameters: ${unknown.join(', ')}, the pipeline has ${[...names].join(', ') || 'none'}`,
    );
  const byName = new Map(given.map(({ Name, Value }) => [Name, Value]));
  if (byName.size < given.length) throw invalid('A parameter is given twice');
  return new Map(
    declared.map((parameter) => {
      const text = byName.get(parameter.Name);
      const value = text === undefined ? parameter.DefaultValue : typed(parameter, text);
      if (value === undefined)
        throw invalid(`Parameter ${parameter.Name} has no default, and no value was given`);
      if (parameter.EnumValues && !parameter.EnumValues.some((allowed) => allowed === value)) {
        throw invalid(`Parameter ${parameter.Name} is ${value}, allowed: ${parameter.EnumValues.join(', ')}`);
      }
      return [parameter.Name, value];
    }),
  );
}

function typed({ Name, Type }: Parameter, text: string): ParameterValue {
  const refuse = () => invalid(`Parameter ${Name} is of type ${Type}, got '${text}'`);
  switch (Type) {
    case 'String':
      return text;
    case 'Boolean':
      if (!/^(true|false)$/i.test(text)) throw refuse();
      return text.toLowerCase() === 'true';
    case 'Integer':
      if (!/^[+-]?\d+$/.test(text)) throw refuse();
      return Number(text);
    case 'Float':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw refuse();
      return Number(text);
  }
}
