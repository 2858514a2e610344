//! Elements of JSX, and their attributes.

use super::check;

#[test]
fn elements_and_attributes_are_members_of_what_the_module_says() {
    check(
        "
== jsx/jsx-runtime.ts
export namespace JSX {
    export interface IntrinsicElements { div: Html; [name: string]: any }
    export interface IntrinsicAttributes { key?: string }
}
export interface Html { title?: string; onClick?: (event: Event) => void }
export interface Event { at: number }
== use.tsx
/** @jsxImportSource ./jsx */
function Component(props: { a: number }) { return null; }
const it = <div title='' key='' onClick={(event) => event.at}></div>; //> div = jsx/jsx-runtime.ts:JSX.IntrinsicElements.div ; div#2 = jsx/jsx-runtime.ts:JSX.IntrinsicElements.div ; title = jsx/jsx-runtime.ts:Html.title ; key = jsx/jsx-runtime.ts:JSX.IntrinsicAttributes.key ; at = jsx/jsx-runtime.ts:Event.at
const other = <Component a={1} key='' />;     //> key = jsx/jsx-runtime.ts:JSX.IntrinsicAttributes.key
== outside.tsx
const it = <div title='' />;        //> div = <jsx-runtime.JSX.IntrinsicElements.div>
",
    );
}
