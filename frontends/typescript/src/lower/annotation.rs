//! The values of types: of annotations, of arguments of generic types and functions, of signatures.

use esker_frontend_api::{Literal, Value, ValueId, ValueList};
use oxc_ast::ast::*;

use super::Lowerer;
use super::value::{Elements, MAX_DEPTH, MAX_ELEMENTS, MAX_MEMBERS};

impl<'a> Lowerer<'_> {
    /// The value of a type that was visited, as an annotation; `None` if nothing is known of it.
    pub(super) fn type_value(&mut self, it: &TSType<'a>) -> Option<ValueId> {
        self.type_at(it, 0)
    }

    pub(super) fn type_at(&mut self, it: &TSType<'a>, depth: u32) -> Option<ValueId> {
        if depth > MAX_DEPTH {
            return None;
        }
        let depth = depth + 1;
        match it {
            TSType::TSTypeReference(it) => {
                let base = self.type_name_value(&it.type_name)?;
                Some(self.with_arguments_at(base, it.type_arguments.as_deref(), depth))
            }
            TSType::TSUnionType(it) => {
                let all = self.types_at(it.types.iter(), depth);
                self.either(&all)
            }
            TSType::TSIntersectionType(it) => {
                let all = self.types_at(it.types.iter(), depth);
                self.either(&all)
            }
            TSType::TSArrayType(it) => {
                let element = self.type_at(&it.element_type, depth);
                let element = self.or_unknown(element);
                Some(self.values.push_with_list(&[element], |elements| Value::Literal(Literal::List, elements)))
            }
            TSType::TSTupleType(it) => {
                let mut elements = Elements::new();
                for element in it.element_types.iter().take(MAX_ELEMENTS) {
                    let element = self.tuple_element(element, depth);
                    elements.push(self.or_unknown(element));
                }
                Some(self.values.push_with_list(&elements, |elements| Value::Literal(Literal::Tuple, elements)))
            }
            TSType::TSParenthesizedType(it) => self.type_at(&it.type_annotation, depth),
            TSType::TSTypeOperatorType(it) if it.operator == TSTypeOperatorOperator::Readonly => {
                self.type_at(&it.type_annotation, depth)
            }
            TSType::TSTypeLiteral(it) => self.scope_value(it.span),
            TSType::TSTypeQuery(it) => {
                let value = self.type_name_value(it.expr_name.as_ts_type_name()?)?;
                Some(self.values.push(Value::TypeOf(value)))
            }
            TSType::TSThisType(_) => {
                let scope = self.this_scope()?;
                Some(self.values.share(Value::Scope(scope)))
            }
            TSType::TSIndexedAccessType(it) => {
                let object = self.type_at(&it.object_type, depth)?;
                let object = self.annotated(object);
                let value = match &it.index_type {
                    TSType::TSLiteralType(literal) => match &literal.literal {
                        TSLiteral::StringLiteral(text) => {
                            let name = self.intern(text.value.as_str());
                            self.member_of(object, name)
                        }
                        TSLiteral::NumericLiteral(number) if (0.0..MAX_ELEMENTS as f64).contains(&number.value) => {
                            self.values.push(Value::Unpacked(object, number.value as u32))
                        }
                        _ => self.values.push(Value::Item(object, ValueList::EMPTY)),
                    },
                    TSType::TSNumberKeyword(_) => self.values.push(Value::Item(object, ValueList::EMPTY)),
                    index => {
                        let index = self.type_at(index, depth)?;
                        self.values.push_with_list(&[index], |index| Value::Item(object, index))
                    }
                };
                Some(self.values.push(Value::TypeOf(value)))
            }
            TSType::TSFunctionType(it) if self.members_at.get(it.span.start).is_some() => self.scope_value(it.span),
            TSType::TSFunctionType(it) => {
                let returned = self.type_at(&it.return_type.type_annotation, depth);
                self.function_value(returned, &it.params, depth)
            }
            TSType::TSImportType(it) => match &it.qualifier {
                Some(qualifier) => {
                    let last = match qualifier {
                        TSImportTypeQualifier::Identifier(name) => name.span,
                        TSImportTypeQualifier::QualifiedName(name) => name.right.span,
                    };
                    self.name_value(last)
                }
                None => None,
            },
            TSType::TSStringKeyword(_) | TSType::TSTemplateLiteralType(_) => Some(self.literal(Literal::Text)),
            TSType::TSNumberKeyword(_) | TSType::TSBigIntKeyword(_) => Some(self.literal(Literal::Number)),
            TSType::TSTypePredicate(it) => Some(self.predicate(it, depth)),
            TSType::TSBooleanKeyword(_) => Some(self.literal(Literal::Boolean)),
            TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_) | TSType::TSVoidKeyword(_) => {
                Some(self.literal(Literal::None))
            }
            TSType::TSLiteralType(it) => Some(match &it.literal {
                TSLiteral::StringLiteral(text) => self.text_unit(text.value.as_str()),
                TSLiteral::TemplateLiteral(_) => self.literal(Literal::Text),
                TSLiteral::BooleanLiteral(it) => self.unit(if it.value { "true" } else { "false" }),
                TSLiteral::NumericLiteral(number) => self.unit(&number.value.to_string()),
                _ => self.literal(Literal::Number),
            }),
            // Which of two types it is depends on what is given.
            TSType::TSConditionalType(it) => match (is_nothing(&it.true_type), is_nothing(&it.false_type)) {
                (false, true) => self.type_at(&it.true_type, depth),
                (true, false) => self.type_at(&it.false_type, depth),
                (true, true) => None,
                (false, false) => {
                    let one = self.type_at(&it.true_type, depth);
                    let other = self.type_at(&it.false_type, depth);
                    let known: Vec<ValueId> = one.into_iter().chain(other).collect();
                    if known.is_empty() {
                        return None;
                    }
                    Some(self.values.push_with_list(&known, |known| Value::Literal(Literal::Ellipsis, known)))
                }
            },
            TSType::TSMappedType(it) => {
                let mapped = it.type_annotation.as_ref();
                match &it.constraint {
                    TSType::TSTypeOperatorType(keys) if keys.operator == TSTypeOperatorOperator::Keyof => {
                        // What maps all members of a type to themselves has these members.
                        mapped.is_none_or(is_access).then(|| self.type_at(&keys.type_annotation, depth))?
                    }
                    _ => {
                        let value = mapped.and_then(|it| self.type_at(it, depth))?;
                        Some(self.values.push_with_list(&[value], |values| Value::Literal(Literal::Mapping, values)))
                    }
                }
            }
            TSType::TSConstructorType(it) => {
                let made = self.type_at(&it.return_type.type_annotation, depth);
                self.function_value(made, &it.params, depth)
            }
            _ => None,
        }
    }

    /// A truth value that tells whether an argument is of a type, which is mostly the first one.
    fn predicate(&mut self, it: &TSTypePredicate<'a>, depth: u32) -> ValueId {
        let declared = it.type_annotation.as_ref().filter(|_| !it.asserts);
        let declared = declared.filter(|_| matches!(it.parameter_name, TSTypePredicateName::Identifier(_)));
        match declared.and_then(|it| self.type_at(&it.type_annotation, depth)) {
            Some(ty) => self.values.push_with_list(&[ty], |told| Value::Literal(Literal::Boolean, told)),
            None => self.literal(Literal::Boolean),
        }
    }

    fn types_at<'n>(&mut self, types: impl Iterator<Item = &'n TSType<'a>>, depth: u32) -> Elements
    where
        'a: 'n,
    {
        let mut all = Elements::new();
        for it in types.take(MAX_MEMBERS) {
            let ty = self.type_at(it, depth);
            all.push(self.or_unknown(ty));
        }
        all
    }

    fn tuple_element(&mut self, it: &TSTupleElement<'a>, depth: u32) -> Option<ValueId> {
        match it {
            TSTupleElement::TSOptionalType(it) => self.type_at(&it.type_annotation, depth),
            TSTupleElement::TSRestType(_) => None,
            TSTupleElement::TSNamedTupleMember(it) if depth <= MAX_DEPTH => {
                self.tuple_element(&it.element_type, depth + 1)
            }
            other => other.as_ts_type().and_then(|it| self.type_at(it, depth)),
        }
    }

    /// What a class or an interface derives from, with its type arguments.
    pub(super) fn heritage_value(
        &mut self,
        name: &TSTypeName<'a>,
        arguments: Option<&TSTypeParameterInstantiation<'a>>,
    ) -> Option<ValueId> {
        let base = self.type_name_value(name)?;
        Some(self.with_arguments(base, arguments))
    }

    /// A generic type or function with its type arguments, if they are written.
    pub(super) fn with_arguments(
        &mut self,
        base: ValueId,
        arguments: Option<&TSTypeParameterInstantiation<'a>>,
    ) -> ValueId {
        self.with_arguments_at(base, arguments, 0)
    }

    /// A generic function where it is called with type arguments, if they are written. Those that are functions are
    /// left out: they are large, and tell little.
    pub(super) fn called_with(
        &mut self,
        callee: ValueId,
        arguments: Option<&TSTypeParameterInstantiation<'a>>,
        depth: u32,
    ) -> ValueId {
        let Some(arguments) = arguments else { return callee };
        let mut told = Elements::new();
        for argument in &arguments.params {
            let is_function = matches!(argument, TSType::TSFunctionType(_));
            let argument = if is_function { None } else { self.type_at(argument, depth) };
            told.push(self.or_unknown(argument));
        }
        self.values.push_with_list(&told, |list| Value::Item(callee, list))
    }

    pub(super) fn with_arguments_at(
        &mut self,
        base: ValueId,
        arguments: Option<&TSTypeParameterInstantiation<'a>>,
        depth: u32,
    ) -> ValueId {
        let Some(arguments) = arguments else { return base };
        let arguments = self.types_at(arguments.params.iter(), depth);
        self.values.push_with_list(&arguments, |list| Value::Item(base, list))
    }

    /// The value of the name of a type.
    pub(super) fn type_name_value(&mut self, it: &TSTypeName<'a>) -> Option<ValueId> {
        match it {
            TSTypeName::IdentifierReference(it) => self.name_value(it.span),
            TSTypeName::QualifiedName(it) => self.name_value(it.right.span),
            TSTypeName::ThisExpression(_) => self.this_value(),
        }
    }
}

/// Whether a type is that of a member, perhaps besides others.
fn is_access(it: &TSType<'_>) -> bool {
    match it {
        TSType::TSIndexedAccessType(_) => true,
        TSType::TSUnionType(it) => it.types.iter().any(is_access),
        _ => false,
    }
}

/// Whether a type says nothing of its values, or that there are none.
fn is_nothing(it: &TSType<'_>) -> bool {
    matches!(it, TSType::TSNeverKeyword(_) | TSType::TSUnknownKeyword(_) | TSType::TSAnyKeyword(_))
}
