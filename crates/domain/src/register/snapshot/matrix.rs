//! Functions by organisations: which products each uses for what.

use super::{
    Snapshot,
    bits::Bits,
    column::{Chosen, Dimension},
    rows::{AreaRow, FunctionRow, OrganisationRow, ProductRow},
};
use std::collections::HashMap;

/// Functions by organisations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The organisations that use something for one of the functions, by name.
    pub organisations: Vec<OrganisationRow>,
    /// One line a function, in the order of the service areas asked for, then by name.
    pub lines: Vec<MatrixLine>,
}

/// One function's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixLine {
    /// The service area.
    pub area: AreaRow,
    /// The function.
    pub function: FunctionRow,
    /// For each of the matrix's organisations the products it uses, by name; empty where none is known.
    pub cells: Vec<Vec<ProductRow>>,
}

impl Snapshot {
    /// The products each organisation uses for each function of these service areas (none given: all), by its systems and
    /// by its contracts that have not ended. `member` leaves in members of the network, or everyone else, as [`super::MEMBER`]
    /// names them; empty for all.
    #[must_use]
    pub fn matrix(&self, areas: &[AreaRow], member: &[String]) -> Matrix {
        let world = &self.world;
        let all: Vec<AreaRow>;
        let areas = if areas.is_empty() {
            let mut order: Vec<u32> = (0..world.areas.entries.len() as u32).collect();
            order.sort_by_key(|code| {
                (world.areas.entries[*code as usize].record.position, world.areas.sealed().ranks[*code as usize])
            });
            all = order.into_iter().map(AreaRow).collect();
            &all
        } else {
            areas
        };
        let mut functions: Vec<(AreaRow, FunctionRow)> = Vec::new();
        for area in areas {
            let Some(entry) = self.area(*area) else { continue };
            let mut of_area = entry.functions.clone();
            of_area.sort_by_key(|function| world.functions.sealed().ranks[function.index()]);
            functions.extend(of_area.into_iter().map(|function| (*area, function)));
        }
        let mut cells = self.used(&functions);
        if !member.is_empty() {
            let kept = Chosen::new(world.of_members(member, self.as_at));
            cells.retain(|(_, organisation), _| kept.has(*organisation));
        }
        let mut organisations: Vec<OrganisationRow> =
            cells.keys().map(|(_, organisation)| OrganisationRow(*organisation)).collect();
        organisations.sort_by_key(|organisation| world.organisations.sealed().ranks[organisation.index()]);
        organisations.dedup();
        let cell = |function: FunctionRow, organisation: &OrganisationRow| {
            let mut products: Vec<ProductRow> =
                cells.get(&(function.0, organisation.0)).into_iter().flatten().map(|code| ProductRow(*code)).collect();
            products.sort_by_key(|product| world.products.sealed().ranks[product.index()]);
            products
        };
        let lines = functions
            .into_iter()
            .map(|(area, function)| MatrixLine {
                area,
                function,
                cells: organisations.iter().map(|organisation| cell(function, organisation)).collect(),
            })
            .collect();
        Matrix { organisations, lines }
    }

    /// Products by function and organisation.
    fn used(&self, functions: &[(AreaRow, FunctionRow)]) -> HashMap<(u32, u32), Vec<u32>> {
        let world = &self.world;
        let wanted = Chosen::new(functions.iter().map(|(_, function)| function.0).collect());
        let mut cells: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        let mut add = |function: u32, organisation: u32, product: u32| {
            let cell = cells.entry((function, organisation)).or_default();
            if !cell.contains(&product) {
                cell.push(product);
            }
        };
        for system in &world.systems.entries {
            let record = &system.record;
            let organisation = world.organisations.code(record.organisation.0);
            let product = world.products.code(record.product.0);
            let (Some(organisation), Some(product)) = (organisation, product) else { continue };
            for function in record.functions.iter().filter_map(|id| world.functions.code(id.0)) {
                if wanted.has(function) {
                    add(function, organisation, product);
                }
            }
        }
        for chunk in &self.chunks {
            let column = |dimension| chunk.columns.dimension(dimension);
            let mut rows = Bits::none(chunk.len());
            column(Dimension::Function).select(&wanted, &mut rows);
            rows.each(|row| {
                if chunk.derived.status(row) == crate::register::terms::Status::Ended {
                    return;
                }
                for product in column(Dimension::Product).codes(row) {
                    for function in column(Dimension::Function).codes(row).filter(|function| wanted.has(*function)) {
                        for organisation in column(Dimension::Organisation).codes(row) {
                            add(function, organisation, product);
                        }
                    }
                }
            });
        }
        cells
    }
}
